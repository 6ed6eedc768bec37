/** Bytes kept free for a CMS signature with its certificate. */
const SIGNATURE_BYTES = 8_192;

/** An invisible signature field (ISO 32000-1 §12.8, ETSI EN 319 142-1): its range and contents are filled in on signing. */
export function signaturePlace(
  doc: PDFKit.PDFDocument,
  { name, reason }: { name: string; reason: string },
  date: Date,
) {
  const unknown = '**********';
  const value = doc.ref({
    Type: 'Sig',
    Filter: 'Adobe.PPKLite',
    SubFilter: 'ETSI.CAdES.detached',
    ByteRange: [0, unknown, unknown, unknown],
    Contents: Buffer.alloc(SIGNATURE_BYTES),
    Name: new String(name),
    Reason: new String(reason),
    M: date,
  });
  const page = (doc.page as unknown as { dictionary: PDFKit.PDFKitReference }).dictionary;
  const field = doc.ref({
    Type: 'Annot',
    Subtype: 'Widget',
    FT: 'Sig',
    Rect: [0, 0, 0, 0],
    F: 132,
    T: new String('Signature1'),
    V: value,
    P: page,
  });
  const data = page.data as { Annots?: unknown[] };
  data.Annots = [...(data.Annots ?? []), field];
  const form = doc.ref({ Type: 'AcroForm', SigFlags: 3, Fields: [field] });
  const inner = doc as unknown as { _root: PDFKit.PDFKitReference; endAcroForm(): unknown };
  (inner._root.data as { AcroForm?: unknown }).AcroForm = form;
  // The library's own end of forms asks for fonts of visible fields; there are none.
  inner.endAcroForm = () => doc;
  for (const ref of [value, field, form]) (ref as unknown as { end(): void }).end();
}
