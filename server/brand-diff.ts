import type { BrandFolder } from './brand-files.ts';

/** What changes for customers between two states of a brand's folder (or between two brands), a line each. */

export function brandDiff(before: BrandFolder, after: BrandFolder): string[] {
  return [
    ...named('Name', before.brand.name.en, after.brand.name.en),
    ...named('Time zone of its days', before.brand.zone, after.brand.zone),
    ...named('Version of the terms', before.terms.version, after.terms.version),
    ...figures(before, after),
    ...clauses(before, after),
    ...highlights(before, after),
    ...regions(before, after),
    ...prices(before, after),
    ...pages(before, after),
    ...tariffs(before, after),
  ];
}

function named(what: string, before: string, after: string): string[] {
  return before === after ? [] : [`${what}: ${after} instead of ${before}`];
}

function figures({ terms: before }: BrandFolder, { terms: after }: BrandFolder): string[] {
  const [was, is] = [flat(before.parameters), flat(after.parameters)];
  const where = (name: string) => {
    const parameter = name.split('.')[0] as keyof typeof after.parameters;
    const clause = (after.parameters[parameter] ?? before.parameters[parameter])?.clause;
    const title = [...after.clauses, ...before.clauses].find(({ id }) => id === clause)?.title.en;
    return `§ ${clause} ${title}`;
  };
  return union(was, is).flatMap((name) => {
    const [old, now] = [was.get(name), is.get(name)];
    if (old === now) return [];
    if (old === undefined) return [`${where(name)}: ${name} is new: ${now}`];
    if (now === undefined) return [`${where(name)}: ${name} (${old}) is gone`];
    return [`${where(name)}: ${name} is ${now} instead of ${old}`];
  });
}

function flat(parameters: BrandFolder['terms']['parameters']): Map<string, string> {
  return new Map(
    Object.entries(parameters).flatMap(([name, parameter]) =>
      Object.entries(parameter ?? {}).map(([key, value]): [string, string] => [
        `${name}.${key}`,
        typeof value === 'string' ? value : JSON.stringify(value),
      ]),
    ),
  );
}

function clauses({ terms: before }: BrandFolder, { terms: after }: BrandFolder): string[] {
  const byId = (list: typeof after.clauses) => new Map(list.map((clause) => [clause.id, clause]));
  const [was, is] = [byId(before.clauses), byId(after.clauses)];
  return union(was, is).flatMap((id) => {
    const [old, now] = [was.get(id), is.get(id)];
    if (!old) return [`§ ${id} is new: ${now!.text.en}`];
    if (!now) return [`§ ${id} is gone: ${old.title.en}`];
    const same = old.text.en === now.text.en && old.text.zh === now.text.zh;
    return [
      ...(same ? [] : [`§ ${id} ${now.title.en} reads otherwise: ${now.text.en}`]),
      ...(old.kind === now.kind ? [] : [`§ ${id} ${now.title.en} is ${now.kind} instead of ${old.kind}`]),
    ];
  });
}

function highlights({ terms: before }: BrandFolder, { terms: after }: BrandFolder): string[] {
  const confirmed = (list: typeof after.highlights) => new Map(list.map(({ id, title }) => [id, title.en]));
  const [was, is] = [confirmed(before.highlights), confirmed(after.highlights)];
  return union(was, is).flatMap((id) => {
    if (!was.has(id)) return [`One more limit to confirm: ${is.get(id)}`];
    return is.has(id) ? [] : [`No longer to confirm: ${was.get(id)}`];
  });
}

/** Regions that come into the mainland: their machines' ports 80 and 443 wait for a filing from then on. */
export function regionsEntering(before: BrandFolder, after: BrandFolder): string[] {
  const outside = (id: string) =>
    before.catalogue.regions.some((region) => region.id === id && !region.mainland);
  return after.catalogue.regions.filter(({ id, mainland }) => mainland && outside(id)).map(({ id }) => id);
}

function regions(before: BrandFolder, after: BrandFolder): string[] {
  const entering = regionsEntering(before, after);
  const leaving = regionsEntering(after, before);
  const filing = after.terms.parameters.filing;
  const waits = filing ? `: ports 80 and 443 wait for a filing there (§ ${filing.clause})` : '';
  return [
    ...entering.map((id) => `Region ${id} comes into the mainland${waits}`),
    ...leaving.map((id) => `Region ${id} is no longer in the mainland`),
  ];
}

function prices(before: BrandFolder, after: BrandFolder): string[] {
  const [was, is] = [plans(before), plans(after)];
  return union(was, is).flatMap((id) => {
    const [old, now] = [was.get(id), is.get(id)];
    if (!old) return [`Plan ${id} is new: CNY ${now!.price} a month`];
    if (!now) return [`Plan ${id} is no longer sold; who has it keeps it`];
    return [...new Set([...Object.keys(old), ...Object.keys(now)])]
      .filter((key) => key !== 'name' && shown(old, key) !== shown(now, key))
      .map((key) => `Plan ${id}: ${key} is ${shown(now, key)} instead of ${shown(old, key)}`);
  });
}

/** What the order pages of products say over the terms; what was ordered keeps what its page said. */
function pages(before: BrandFolder, after: BrandFolder): string[] {
  const said = ({ catalogue }: BrandFolder) =>
    new Map(
      catalogue.products.flatMap(({ id, terms }) =>
        Object.entries(terms?.parameters ?? {}).map(([figure, value]): [string, string] => [
          `${id}: ${figure}`,
          JSON.stringify(value),
        ]),
      ),
    );
  const [was, is] = [said(before), said(after)];
  return union(was, is).flatMap((name) => {
    const [old, now] = [was.get(name), is.get(name)];
    if (old === now) return [];
    if (old === undefined) return [`Order page of ${name} is new: ${now}`];
    if (now === undefined) return [`Order page of ${name} (${old}) is gone; what was ordered keeps it`];
    return [`Order page of ${name} is ${now} instead of ${old}`];
  });
}

function plans({ catalogue }: BrandFolder) {
  return new Map(catalogue.products.flatMap((product) => product.plans.map((plan) => [plan.id, plan])));
}

function shown(plan: object, key: string): string {
  return JSON.stringify(Object.entries(plan).find(([name]) => name === key)?.[1] ?? 'none');
}

function tariffs(before: BrandFolder, after: BrandFolder): string[] {
  const known = ({ catalogue }: BrandFolder) =>
    new Map(
      (catalogue.metered ?? []).flatMap((product) =>
        product.tariffs.map(({ version, ...tariff }): [string, string] => [
          `${product.id} ${version}`,
          JSON.stringify(tariff),
        ]),
      ),
    );
  const [was, is] = [known(before), known(after)];
  return union(was, is).flatMap((name) => {
    if (!was.has(name)) return [`Tariff ${name} is new`];
    if (!is.has(name)) return [`Tariff ${name} is gone`];
    return was.get(name) === is.get(name) ? [] : [`Tariff ${name} reads otherwise (one in use may not)`];
  });
}

function union(a: Map<string, unknown>, b: Map<string, unknown>): string[] {
  return [...new Set([...a.keys(), ...b.keys()])];
}
