import { useSuspenseQuery } from '@tanstack/react-query';
import { Button, Modal } from 'antd';
import { brandQuery } from '../api/queries.ts';
import { useTexts } from '../i18n/texts.ts';

/** Codes that are shown this once: to copy, or to keep as a file. */
export function RecoveryCodes({ codes, onKept }: { codes: string[]; onKept: () => void }) {
  const { t, pick } = useTexts();
  const brand = useSuspenseQuery(brandQuery).data;
  const title = t('security.codesFile', { brand: pick(brand.name) });
  const text = `${title}\n\n${codes.join('\n')}\n`;
  return (
    <Modal
      open
      title={t('security.codes')}
      closable={false}
      footer={
        <>
          <Button
            href={`data:text/plain;charset=utf-8,${encodeURIComponent(text)}`}
            download={`${title}.txt`}
          >
            {t('security.codesDownload')}
          </Button>
          <Button type="primary" onClick={onKept}>
            {t('security.codesDone')}
          </Button>
        </>
      }
    >
      <p>{t('security.codesOnce')}</p>
      <ul aria-label={t('security.codes')} style={{ columns: 2, listStyle: 'none', padding: 0 }}>
        {codes.map((code) => (
          <li key={code}>
            <code className="small">{code}</code>
          </li>
        ))}
      </ul>
    </Modal>
  );
}
