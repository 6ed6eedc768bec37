import { test } from 'node:test';
import { told } from './tell.ts';

test('the story of 七牛云 goes as the terms say', () =>
  told('qiniu', [
    /accepted the terms.*\[§3\.1\.1, /,
    /service-contract\.agreed .*\[§11\.1, /,
    /charged: stored.*\[§2\.1, /,
    /account\.frozen .*\[§7\.2\.1, /,
    /account\.frozen .*\[§3\.2, HT-2026-001\]/,
    /account\.unfrozen .*\[§7\.2\.2, /,
    /3 hours more.*\[§8\.2, /,
    /under attack: excluded.*\[§9\.2\.1, /,
    /may be ended since .*\[§8\.2, /,
    /account\.ended .*\[§7\.2\.2, /,
    /debt\.late-fee .*\[§7\.4, /,
    /account\.erased .*\[§4\.3, /,
    /still owed: .*\[§7\.4, /,
  ]));
