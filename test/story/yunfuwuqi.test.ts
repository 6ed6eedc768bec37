import { test } from 'node:test';
import { told } from './tell.ts';

test('the story of 云服务器 goes as the terms say, on a simulated node', () =>
  told('yunfuwuqi', [
    /accepted the terms.*\[§S8, /,
    /issued, due .*\[§S3\.2, /,
    /% of CNY .* back.*\[§S4, /,
    /bill\.overdue .*\[§S3\.2, /,
    /service\.held .*\[§S3\.2, /,
    /late fee of CNY .*\[§S3\.2, /,
    /bill\.paid .*\[§S3\.2, /,
    /a month still; 28\.00 from .*\[§S3\.1, /,
    /certificate of erasure .*\[§S5\.2, /,
  ]));
