import { Worker } from 'node:worker_threads';

/**
 * Papers that a company sends, as data: rooms say what stands on them, this prints them. The same paper gives the
 * same bytes, wherever and whenever it is printed. Printing takes some 20 ms of CPU, so it happens in a thread of its own.
 */

export interface Paper {
  /** Of the document, for readers' title bars. */
  title: string;
  language: 'zh-CN' | 'en';
  /** "#rrggbb" of the brand. */
  colour: string;
  /** Stands for the moment of making; nothing of the real one is in the file. */
  date: Date;
  letterhead: { brand: string; tagline: string; name: string; number: string };
  blocks: PaperBlock[];
  /** At the foot of each page, before the page's number. */
  footer: string;
  /** A place for a digital signature, filled in by whoever signs (see DocumentSigner). */
  signature?: { name: string; reason: string } | undefined;
}

export type Field = [label: string, value: string];

export type PaperBlock =
  | { kind: 'parties'; left: { title: string; fields: Field[] }; right: { title: string; fields: Field[] } }
  | { kind: 'fields'; fields: Field[] }
  | { kind: 'table'; columns: PaperColumn[]; rows: PaperRow[] }
  /** Sums at the right; the last one is the one that counts. */
  | { kind: 'totals'; rows: Field[]; words?: string | undefined }
  | { kind: 'heading'; text: string }
  | { kind: 'text'; text: string; small?: boolean }
  | { kind: 'clause'; number: string; title: string; text: string }
  | { kind: 'banner'; text: string };

export interface PaperColumn {
  title: string;
  /** Share of the width. */
  width: number;
  align?: 'left' | 'right';
}

export interface PaperRow {
  cells: string[];
  /** Smaller, below the first cell. */
  detail?: string | undefined;
}

interface Answer {
  id: number;
  bytes?: Uint8Array;
  error?: string;
}

interface Waiting {
  resolve(bytes: Buffer): void;
  reject(error: Error): void;
}

let thread: Worker | null = null;
let last = 0;
const waiting = new Map<number, Waiting>();

/** PDF 1.7, A4, its fonts embedded in part. */
export function printPaper(paper: Paper): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const id = ++last;
    const worker = openThread();
    waiting.set(id, { resolve, reject });
    worker.ref();
    worker.postMessage({ id, paper });
  });
}

/** Made at the first paper; it keeps no process alive that has nothing else to do. */
function openThread(): Worker {
  if (thread) return thread;
  const worker = new Worker(new URL('./paper-thread.ts', import.meta.url));
  worker.on('message', ({ id, bytes, error }: Answer) => {
    const asker = waiting.get(id);
    waiting.delete(id);
    if (waiting.size === 0) worker.unref();
    if (bytes) asker?.resolve(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    else asker?.reject(new Error(error ?? 'nothing was printed'));
  });
  const lost = (error: Error) => {
    thread = null;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  worker.on('error', lost);
  worker.on('exit', () => {
    if (thread === worker) lost(new Error('the printing thread ended'));
  });
  worker.unref();
  thread = worker;
  return worker;
}
