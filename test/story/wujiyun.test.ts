import { test } from 'node:test';
import { told } from './tell.ts';

test('the story of 武极云 goes by 亚云’s clauses, each in its own version', () =>
  told('wujiyun', [
    /accepted the terms.*\[§1\.1, 2022-11-27\]/,
    /service\.renewed .*\[§3\.5, 2022-11-27\]/,
    /push\.taken .*\[§3\.2, 2022-11-27\]/,
    /restriction\.placed .*\[§4\.5\.2\.2, 2022-11-27\]/,
    /funds\.frozen .*\[§5\.4, 2022-11-27\]/,
    /withdrawn to its payment.*\[§3\.1\.1, 2022-11-27\]/,
  ]));
