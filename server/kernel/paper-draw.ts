import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import PDFDocument from 'pdfkit';
import type { Field, Paper, PaperBlock, PaperColumn, PaperRow } from './paper.ts';
import { signaturePlace } from './paper-signature.ts';

/** Draws a Paper on A4. Only what a paper uses of the fonts is embedded. */

const FONTS = '@expo-google-fonts/noto-sans-sc';
const INK = '#1f2329';
const GREY = '#6b7280';
const LINE = '#d9dde3';
const MARGIN = 50;
/** Room for the footer. */
const BOTTOM = 62;

let fonts: { regular: Buffer; bold: Buffer } | null = null;

function readFonts() {
  const find = createRequire(import.meta.url).resolve;
  fonts ??= {
    regular: readFileSync(find(`${FONTS}/400Regular/NotoSansSC_400Regular.ttf`)),
    bold: readFileSync(find(`${FONTS}/700Bold/NotoSansSC_700Bold.ttf`)),
  };
  return fonts;
}

export async function drawPaper(paper: Paper): Promise<Buffer> {
  const { letterhead } = paper;
  const doc = new PDFDocument({
    size: 'A4',
    margins: { top: MARGIN, left: MARGIN, right: MARGIN, bottom: BOTTOM },
    pdfVersion: '1.7',
    lang: paper.language,
    bufferPages: true,
    displayTitle: true,
    info: {
      Title: paper.title,
      Author: letterhead.brand,
      Subject: letterhead.number,
      Creator: 'Cloudpact',
      Producer: 'Cloudpact',
      CreationDate: paper.date,
      ModDate: paper.date,
    },
  });
  const parts: Buffer[] = [];
  doc.on('data', (part: Buffer) => parts.push(part));
  const done = new Promise<Buffer>((resolve, reject) => {
    doc.on('end', () => resolve(Buffer.concat(parts)));
    doc.on('error', reject);
  });
  const { regular, bold } = readFonts();
  doc.registerFont('regular', regular).registerFont('bold', bold);
  const pen = new Pen(doc, paper.colour);
  pen.letterhead(paper);
  for (const block of paper.blocks) pen.block(block);
  pen.footers(paper);
  if (paper.signature) signaturePlace(doc, paper.signature, paper.date);
  doc.end();
  return done;
}

class Pen {
  readonly #doc: PDFKit.PDFDocument;
  readonly #colour: string;
  readonly #left = MARGIN;
  readonly #width: number;

  constructor(doc: PDFKit.PDFDocument, colour: string) {
    this.#doc = doc;
    this.#colour = colour;
    this.#width = doc.page.width - 2 * MARGIN;
  }

  #font(name: 'regular' | 'bold', size: number, colour = INK): PDFKit.PDFDocument {
    return this.#doc.font(name).fontSize(size).fillColor(colour);
  }

  #height(text: string, width: number): number {
    return this.#doc.heightOfString(text || ' ', { width });
  }

  /** Goes to a new page unless this much fits. */
  #room(height: number): void {
    const { page } = this.#doc;
    if (this.#doc.y + height > page.height - BOTTOM) this.#doc.addPage();
  }

  #rule(y: number, colour = LINE, weight = 0.6): void {
    const right = this.#left + this.#width;
    this.#doc.lineWidth(weight).strokeColor(colour).moveTo(this.#left, y).lineTo(right, y).stroke();
  }

  letterhead({ letterhead: { brand, tagline, name, number } }: Paper): void {
    const doc = this.#doc;
    doc.rect(0, 0, doc.page.width, 6).fill(this.#colour);
    const half = this.#width / 2;
    this.#font('bold', 17, this.#colour).text(brand, this.#left, 42, { width: half, height: 26 });
    this.#font('regular', 8.5, GREY).text(tagline, this.#left, 68, { width: half, height: 14 });
    const right = { width: half, align: 'right' } as const;
    this.#font('bold', 17).text(name, this.#left + half, 42, { ...right, height: 26 });
    this.#font('regular', 9, GREY).text(number, this.#left + half, 68, { ...right, height: 14 });
    this.#rule(92, this.#colour, 1);
    doc.y = 106;
  }

  block(block: PaperBlock): void {
    if (block.kind === 'parties') this.#parties(block);
    else if (block.kind === 'fields') this.#fields(block.fields);
    else if (block.kind === 'table') this.#table(block.columns, block.rows);
    else if (block.kind === 'totals') this.#totals(block.rows, block.words);
    else if (block.kind === 'heading') this.#heading(block.text);
    else if (block.kind === 'text') this.#text(block.text, block.small ?? false);
    else if (block.kind === 'clause') this.#clause(block);
    else this.#banner(block.text);
  }

  #heading(text: string): void {
    this.#room(48);
    this.#font('bold', 11.5).text(text, this.#left, this.#doc.y + 8, { width: this.#width });
    this.#doc.y += 4;
  }

  #text(text: string, small: boolean): void {
    this.#font('regular', small ? 8 : 9.5, small ? GREY : INK);
    const options = { width: this.#width, lineGap: small ? 1.5 : 2.5 };
    this.#room(Math.min(this.#doc.heightOfString(text, options), 60));
    this.#doc.text(text, this.#left, this.#doc.y + 4, options);
    this.#doc.y += 2;
  }

  #clause({ number, title, text }: { number: string; title: string; text: string }): void {
    const indent = 56;
    const options = { width: this.#width - indent, lineGap: 2 };
    this.#room(40);
    const y = this.#doc.y + 5;
    this.#font('bold', 9).text(number, this.#left, y, { width: indent - 6 });
    this.#font('bold', 9).text(title, this.#left + indent, y, options);
    this.#font('regular', 8.8).text(text, this.#left + indent, this.#doc.y + 1, options);
  }

  #banner(text: string): void {
    this.#font('bold', 9.5, '#9a3412');
    const height = this.#height(text, this.#width - 20) + 12;
    this.#room(height + 8);
    const y = this.#doc.y;
    this.#doc.roundedRect(this.#left, y, this.#width, height, 3).fill('#fff4e5');
    this.#font('bold', 9.5, '#9a3412').text(text, this.#left + 10, y + 6, { width: this.#width - 20 });
    this.#doc.y = y + height + 8;
  }

  #parties({ left, right }: Extract<PaperBlock, { kind: 'parties' }>): void {
    const gap = 24;
    const width = (this.#width - gap) / 2;
    const top = this.#doc.y;
    const bottoms = [left, right].map(({ title, fields }, i) => {
      const x = this.#left + i * (width + gap);
      this.#font('bold', 9.5, this.#colour).text(title, x, top, { width });
      return this.#pairs(fields, x, top + 18, width);
    });
    this.#doc.y = Math.max(...bottoms) + 12;
  }

  #fields(fields: Field[]): void {
    this.#room(fields.length * 16);
    this.#doc.y = this.#pairs(fields, this.#left, this.#doc.y + 2, this.#width) + 6;
  }

  /** Labels in one column, values in the next; answers where they end. */
  #pairs(fields: Field[], x: number, top: number, width: number): number {
    this.#font('regular', 9);
    const label = Math.min(
      Math.max(...fields.map(([name]) => this.#doc.widthOfString(name))) + 12,
      width * 0.45,
    );
    let y = top;
    for (const [name, value] of fields) {
      this.#font('regular', 9, GREY).text(name, x, y, { width: label - 6 });
      const after = this.#doc.y;
      this.#font('regular', 9).text(value, x + label, y, { width: width - label });
      y = Math.max(after, this.#doc.y) + 2.5;
    }
    return y;
  }

  #table(columns: PaperColumn[], rows: PaperRow[]): void {
    const shares = columns.reduce((sum, { width }) => sum + width, 0);
    const widths = columns.map(({ width }) => (width / shares) * this.#width);
    const lefts = widths.map((_, i) => this.#left + widths.slice(0, i).reduce((sum, one) => sum + one, 0));
    const put = (text: string, i: number, y: number) =>
      this.#doc.text(text, lefts[i]! + 6, y, {
        width: widths[i]! - 12,
        align: columns[i]!.align ?? 'left',
      });
    const head = () => {
      const y = this.#doc.y;
      this.#doc.rect(this.#left, y, this.#width, 22).fillOpacity(0.1).fill(this.#colour).fillOpacity(1);
      for (const [i, { title }] of columns.entries()) {
        this.#font('bold', 8.8);
        put(title, i, y + 4.5);
      }
      this.#doc.y = y + 22;
    };
    this.#room(70);
    head();
    for (const { cells, detail } of rows) {
      this.#font('regular', 8.8);
      let height = Math.max(...cells.map((cell, i) => this.#height(cell, widths[i]! - 12)));
      const first = this.#height(cells[0] ?? '', widths[0]! - 12);
      if (detail) {
        this.#font('regular', 7.6);
        height = Math.max(height, first + this.#height(detail, widths[0]! - 12));
      }
      if (this.#doc.y + height + 10 > this.#doc.page.height - BOTTOM) {
        this.#doc.addPage();
        head();
      }
      const y = this.#doc.y;
      for (const [i, cell] of cells.entries()) {
        this.#font('regular', 8.8);
        put(cell, i, y + 5);
      }
      if (detail) {
        this.#font('regular', 7.6, GREY);
        put(detail, 0, y + 5 + first);
      }
      this.#doc.y = y + height + 10;
      this.#rule(this.#doc.y);
    }
    this.#doc.y += 10;
  }

  #totals(rows: Field[], words: string | undefined): void {
    this.#room(rows.length * 18 + (words ? 22 : 0));
    const width = this.#width * 0.55;
    const x = this.#left + this.#width - width;
    for (const [i, [label, value]] of rows.entries()) {
      const whole = i === rows.length - 1;
      const y = this.#doc.y;
      const size = whole ? 12 : 9;
      this.#font(whole ? 'bold' : 'regular', size, whole ? INK : GREY);
      this.#doc.text(label, x, y, { width: width * 0.55, align: 'right' });
      this.#font(whole ? 'bold' : 'regular', size, whole ? this.#colour : INK);
      this.#doc.text(value, x + width * 0.55, y, { width: width * 0.45 - 6, align: 'right' });
      this.#doc.y = y + (whole ? 22 : 16);
    }
    if (words) {
      const place = { width: this.#width - 6, align: 'right' } as const;
      this.#font('regular', 9).text(words, this.#left, this.#doc.y, place);
    }
    this.#doc.y += 8;
  }

  footers({ footer }: Paper): void {
    const doc = this.#doc;
    const { start, count } = doc.bufferedPageRange();
    for (let page = start; page < start + count; page++) {
      doc.switchToPage(page);
      // Below the bottom margin text would begin a new page.
      doc.page.margins.bottom = 0;
      const y = doc.page.height - 44;
      this.#rule(y - 6);
      this.#font('regular', 7.5, GREY).text(footer, this.#left, y, { width: this.#width - 60, height: 24 });
      const place = { width: 56, align: 'right', lineBreak: false } as const;
      doc.text(`${page - start + 1} / ${count}`, this.#left + this.#width - 56, y, place);
    }
  }
}
