import { CheckOutlined, CopyOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { useTexts } from '../i18n/texts.ts';

/** The clipboard interface is missing on plain-http addresses; a selected text field does it there. */
async function copyText(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = document.createElement('textarea');
  field.value = text;
  field.style.position = 'fixed';
  document.body.append(field);
  field.select();
  document.execCommand('copy');
  field.remove();
}

/** A button that puts `text` on the clipboard and says that it did. */
export function CopyButton({ text, label }: { text: string; label: string }) {
  const { t } = useTexts();
  const [copied, setCopied] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <Button
      size="small"
      type="text"
      className="copy"
      aria-label={label}
      title={label}
      icon={copied ? <CheckOutlined /> : <CopyOutlined />}
      onClick={async () => {
        await copyText(text);
        setCopied(true);
        clearTimeout(timer.current);
        timer.current = setTimeout(() => setCopied(false), 1_600);
      }}
    >
      <span className="sr" role="status">
        {copied ? t('app.copied') : ''}
      </span>
    </Button>
  );
}
