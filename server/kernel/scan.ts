/** A scan of a paper is what its bytes are. It is never decoded here, only told apart; so none can be a bomb to us (F64). */

/** Wider or higher than any scan: a picture that unpacks to gigabytes in the reader's browser. */
const PIXELS = 12_000;

export type ScanType = 'image/png' | 'image/jpeg' | 'application/pdf';

/** By content alone; null for everything else, and for a file that goes on as something else after its end. */
export function scanType(content: Buffer): ScanType | null {
  if (isPng(content)) return 'image/png';
  if (isJpeg(content)) return 'image/jpeg';
  if (isPdf(content)) return 'application/pdf';
  return null;
}

const PNG_BEGIN = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
const PNG_END = Buffer.from('0000000049454e44ae426082', 'hex');

/** ISO/IEC 15948 §5: signature, IHDR first, IEND last; each chunk is walked, so that none reaches beyond the file. */
function isPng(content: Buffer): boolean {
  if (content.length < 57 || !content.subarray(0, 16).equals(PNG_BEGIN)) return false;
  if (!fits(content.readUInt32BE(16), content.readUInt32BE(20))) return false;
  for (let at = 8; at + 12 <= content.length; ) {
    const end = at + 12 + content.readUInt32BE(at);
    if (end === content.length) return content.subarray(at).equals(PNG_END);
    at = end;
  }
  return false;
}

/** ITU-T T.81 annex B: segments up to the first scan, a frame header among them, and the end marker at the end. */
function isJpeg(content: Buffer): boolean {
  if (content.length < 20 || content.readUInt16BE(0) !== 0xffd8) return false;
  if (content.readUInt16BE(content.length - 2) !== 0xffd9) return false;
  let framed = false;
  for (let at = 2; at + 10 <= content.length; ) {
    const marker = content.readUInt16BE(at);
    if (marker === 0xffda) return framed;
    const isFrame = marker >= 0xffc0 && marker <= 0xffcf && ![0xffc4, 0xffc8, 0xffcc].includes(marker);
    if (marker < 0xffc0 || (marker >= 0xffd0 && marker <= 0xffd9)) return false;
    if (isFrame) {
      if (!fits(content.readUInt16BE(at + 7), content.readUInt16BE(at + 5))) return false;
      framed = true;
    }
    at += 2 + content.readUInt16BE(at + 2);
  }
  return false;
}

function fits(width: number, height: number): boolean {
  return width > 0 && height > 0 && width <= PIXELS && height <= PIXELS;
}

/** ISO 32000-1 §7.5: header and end-of-file marker; what runs, starts or carries something else isn't a slip. */
function isPdf(content: Buffer): boolean {
  const text = content.toString('latin1');
  if (!/^%PDF-[12]\.\d/.test(text) || !/%%EOF\s*$/.test(text.slice(-64))) return false;
  return !/\/(JavaScript|JS|Launch|EmbeddedFiles?|OpenAction|AA|RichMedia|XFA)\b/.test(text);
}
