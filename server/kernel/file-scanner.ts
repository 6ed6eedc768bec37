/** Looks into files that somebody sends, for what is known to be malicious (ASVS 5.0 5.4.3). */
export interface FileScanner {
  /** What is in it, by the scanner's name for it; null when it knows nothing bad of it. Throws when it can't tell. */
  scan(content: Buffer): Promise<string | null>;
  /** The program and its signatures, as it says itself. */
  version(): Promise<string>;
}

declare module './house.ts' {
  interface Ports {
    /** Null: the operator has none, and uploads are taken unscanned. */
    fileScanner: FileScanner | null;
  }
}
