/** Gives a file to the browser to keep. */
export function saveFile(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}

/** What a spreadsheet would run as a formula, and what it would strip before it looks. */
const RUNS = /^[\s\uFEFF]*[=+\-@|＝＋－＠]/;

/** RFC 4180 with CRLF, in UTF-8 with the mark by which Excel knows it. */
export function csvOf(rows: readonly (readonly string[])[]): Blob {
  const cell = (value: string) => {
    const safe = RUNS.test(value) ? `'${value}` : value;
    return /[",\r\n\t']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  const text = rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');
  return new Blob(['\uFEFF', text], { type: 'text/csv;charset=utf-8' });
}
