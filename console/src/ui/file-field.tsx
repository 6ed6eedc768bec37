import './money.css';
import { useRef } from 'react';

interface FileFieldProps {
  /** Base64 of the file; what a form keeps. */
  value?: string;
  onChange?: (base64: string | undefined) => void;
  accept: string;
  id?: string;
  'aria-label'?: string;
}

/** A file that is sent within a request: small ones only, read here into base64. */
export function FileField({ onChange, accept, id, ...rest }: FileFieldProps) {
  const latest = useRef(0);
  return (
    <input
      {...(id ? { id } : {})}
      aria-label={rest['aria-label']}
      type="file"
      className="file-field"
      accept={accept}
      onChange={async (event) => {
        const turn = ++latest.current;
        const [file] = event.target.files ?? [];
        const read = file ? await base64Of(file) : undefined;
        if (turn === latest.current) onChange?.(read);
      }}
    />
  );
}

function base64Of(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/, ''));
    reader.onerror = () => reject(reader.error ?? new Error('the file could not be read'));
    reader.readAsDataURL(file);
  });
}

/** Bytes of a file in base64. */
export function base64Bytes(base64: string): number {
  return Math.floor((base64.replace(/=+$/, '').length * 3) / 4);
}

/** A text file's UTF-8; anything else is refused by what reads the text. */
export function textOfBase64(base64: string): string {
  const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  return new TextDecoder().decode(bytes);
}
