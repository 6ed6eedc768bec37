import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';

/** A PDF read back by another program than the one that made it. */
export interface ReadPdf {
  pages: number;
  /** All text, a line for each run, with what stands between runs left out. */
  text: string;
}

export async function readPdf(bytes: Uint8Array): Promise<ReadPdf> {
  const task = getDocument({ data: new Uint8Array(bytes), useSystemFonts: false, verbosity: 0 });
  const document = await task.promise;
  const texts: string[] = [];
  for (let number = 1; number <= document.numPages; number++) {
    const { items } = await (await document.getPage(number)).getTextContent();
    texts.push(items.map((item) => ('str' in item ? item.str : '')).join('\n'));
  }
  const pages = document.numPages;
  await task.destroy();
  return { pages, text: texts.join('\n') };
}

/** Fonts that a PDF describes, and whether each brings its glyphs along (ISO 32000-1 §9.8). */
export function fontsOf(bytes: Uint8Array): { name: string; embedded: boolean }[] {
  const source = Buffer.from(bytes).toString('latin1');
  return [...source.matchAll(/\/Type \/FontDescriptor[^>]*/g)].map(([descriptor]) => ({
    name: /\/FontName \/(\S+)/.exec(descriptor)?.[1] ?? '',
    embedded: /\/FontFile[23]? \d+ 0 R/.test(descriptor),
  }));
}
