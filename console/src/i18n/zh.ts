import { acts } from './zh/acts.ts';
import { common } from './zh/common.ts';
import { money } from './zh/money.ts';
import { order } from './zh/order.ts';
import { service } from './zh/service.ts';
import { staff } from './zh/staff.ts';
import { store } from './zh/store.ts';

export const zh = { ...common, ...store, ...order, ...service, ...money, ...staff, ...acts };
