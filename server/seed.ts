import { asSystem, type House } from '#kernel/house.ts';
import { customerSeed, hashPassword } from '#modules/identity/index.ts';
import { newPassword, staffAdd, staffCount } from '#modules/staff/index.ts';

export interface Login {
  role: 'staff' | 'customer';
  email: string;
  password: string;
  /** Of staff whose second factor is set up already: what an authenticator knows, in base32. */
  totp?: string;
}

const STAFF = 'staff@cloudpact.local';
const CUSTOMER = 'customer@cloudpact.local';

/** The first logins of an empty deployment, with passwords that are told once. In production only staff. */
export async function seed(house: House): Promise<Login[]> {
  if ((await staffCount(house.db)) > 0) return [];
  const logins: Login[] = [{ role: 'staff', email: STAFF, password: newPassword() }];
  if (!house.config.production) logins.push({ role: 'customer', email: CUSTOMER, password: newPassword() });
  const hashed = await Promise.all(logins.map((login) => hashPassword(login.password, [])));
  await asSystem(house, house.brands.all[0]!.id, 'start', async (tx, ctx) => {
    // In development it stays: whoever starts it is who it is for.
    const given = house.config.production;
    await staffAdd(tx, ctx, { email: STAFF, name: 'Staff', passwordHash: hashed[0]!, given });
    if (hashed[1]) await customerSeed(tx, ctx, { email: CUSTOMER, passwordHash: hashed[1] });
  });
  return logins;
}
