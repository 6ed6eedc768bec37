declare module '#kernel/db.ts' {
  interface Tables {
    catalogue_version: CatalogueVersionTable;
    catalogue_taken: TakenTable;
  }
}

export interface CatalogueVersionTable {
  id: string;
  brand: string;
  sha256: string;
  document: unknown;
  effective_at: Date;
}

export interface TakenTable {
  brand: string;
  plan: string;
  region: string;
  taken: number;
}
