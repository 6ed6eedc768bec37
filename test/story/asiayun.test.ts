import { test } from 'node:test';
import { told } from './tell.ts';

test('the story of 亚云 goes as the terms say, on a simulated node', () =>
  told('asiayun', [
    /accepted the terms.*\[§1\.1, 2021-04-05\]/,
    /service\.renewed .*\[§3\.5, /,
    /contract\.sealed .*\[§3\.1\.1, /,
    /tax-invoice\.issued .*\[§3\.1\.1, /,
    /ay-1 offered, stands until .*\[§3\.2, /,
    /without the giver’s code: refused \(422 push-code\)/,
    /passed: CNY 1\d\..* still paid by who paid.*\[§3\.2, /,
    /push\.taken .*\[§3\.2, /,
    /may example\.com go up\? No.*\[§4\.5\.1-icp, /,
    /filing\.approved .*\[§4\.5\.1-icp, /,
    /a renewal: refused \(403 act-restricted\).*\[§4\.5\.2\.2, /,
    /funds\.frozen .*\[§5\.4, /,
    /the appeal is granted: lifted.*\[§5\.4-appeal, /,
    /withdrawn to its payment.*\[§3\.1\.1, /,
    /contact\.overdue .*\[§4\.5\.1-contact, /,
    /measure\.ban .*\[§4\.5\.1-contact, /,
    /refused \(403 account-banned\).*\[§4\.5\.1-contact, /,
    /a move in two natural days: refused \(422 move-too-soon\).*\[§5\.5, /,
    /the move is done.*\[§5\.5, /,
    /announced, holds from .*\[§11, 2021-04-05\]/,
    /service\.suspended .*\[§4\.5\.2\.1, /,
    /service\.restored .*\[§4\.5\.2\.1, /,
  ]));
