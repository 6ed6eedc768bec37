import type { Adapter, AdapterPayload } from 'oidc-provider';

/** What the local OpenID provider remembers, in memory: sessions, codes, grants; gone with the process. */
export function memoryStore(): (name: string) => Adapter {
  const rows = new Map<string, { value: AdapterPayload; until: number }>();
  const find = (test: (value: AdapterPayload) => boolean) => {
    for (const { value, until } of rows.values()) if (until > performance.now() && test(value)) return value;
    return undefined;
  };
  return (name) => {
    const keyOf = (id: string) => `${name}:${id}`;
    return {
      async upsert(id, value, expiresIn) {
        for (const [key, row] of rows) if (row.until <= performance.now()) rows.delete(key);
        rows.set(keyOf(id), { value, until: performance.now() + (expiresIn ?? 3_600) * 1_000 });
      },
      async find(id) {
        const row = rows.get(keyOf(id));
        return row && row.until > performance.now() ? row.value : undefined;
      },
      findByUid: async (uid) => find((value) => value.uid === uid && value.kind === name),
      findByUserCode: async (code) => find((value) => value.userCode === code),
      async destroy(id) {
        rows.delete(keyOf(id));
      },
      async consume(id) {
        const row = rows.get(keyOf(id));
        if (row) row.value.consumed = Math.floor(performance.now() / 1_000) + 1;
      },
      async revokeByGrantId(grantId) {
        for (const [key, { value }] of rows) if (value.grantId === grantId) rows.delete(key);
      },
    };
  };
}
