import Bowser from 'bowser';
import ip2region from 'ip2region';

/** From which program on which system somebody came: "Chrome, Windows"; null for what isn't a browser. */
export function deviceOf(userAgent: string | null): string | null {
  if (!userAgent) return null;
  const { browser, os } = Bowser.parse(userAgent);
  const parts = [browser.name, os.name].filter(Boolean);
  return parts.length > 0 ? parts.join(', ') : null;
}

let regions: ip2region.default | null = null;

export interface Place {
  country: string;
  province: string;
  city: string;
}

/**
 * Where an address is, as far as ip2region's own data knows, which ships with the package and says it in Chinese; null
 * for addresses of no place. Where a person stood is never more than a guess.
 */
export function placeOf(ip: string | null): Place | null {
  if (!ip) return null;
  regions ??= new ip2region.default();
  const found = regions.search(ip);
  if (!found?.country) return null;
  const { country, province, city } = found;
  return { country, province, city };
}

/** "中国 广东省 深圳市"; null for addresses of no place. */
export function placeName(ip: string | null): string | null {
  const place = placeOf(ip);
  if (!place) return null;
  return [...new Set([place.country, place.province, place.city])].filter(Boolean).join(' ');
}

interface Came {
  ip: string | null;
  user_agent: string | null;
}

/**
 * Whether somebody comes with a program or from a province that none of the earlier sessions had. Within a province
 * addresses move about. Nobody is a stranger the first time.
 */
export function isUnfamiliar(now: Came, before: readonly Came[]): boolean {
  if (before.length === 0) return false;
  const region = ({ ip }: Came) => {
    const place = placeOf(ip);
    return place ? `${place.country}|${place.province}` : '';
  };
  const here = region(now);
  const device = deviceOf(now.user_agent);
  return (
    !before.some((each) => region(each) === here) ||
    !before.some((each) => deviceOf(each.user_agent) === device)
  );
}
