import { customerPolicy } from '#modules/arrears/index.ts';
import { closeUsage } from './account-walk.ts';
import { type Course, cited, citedNamed, policyAt, say } from './course.ts';
import { contactFollows } from './rules.ts';
import { endBy, hold } from './services-walk.ts';

/** What has its date and has come, with what follows from it. */
export async function dates(course: Course, at: Date, by: 'agreement' | 'provider'): Promise<void> {
  const isHere = (one: Course['dates'][number]) => one.at <= at && (one.ends?.by ?? 'agreement') === by;
  const due = course.dates.filter(isHere);
  if (due.length === 0) return;
  course.dates = course.dates.filter((one) => !isHere(one));
  for (const { line, ends, contact } of due) {
    if (line) say(course, { at, ...line });
    if (contact && !course.keeping) await contactUncorrected(course, at, contact);
    if (ends) await end(course, at, ends);
  }
}

async function end(course: Course, at: Date, ends: NonNullable<Course['dates'][number]['ends']>) {
  const { serviceIds, cited: clause } = ends;
  for (const service of course.services) {
    if (serviceIds !== 'all' && !serviceIds.includes(service.id)) continue;
    const { refund } = (await policyAt(course, service, at)).parameters;
    const back = ends.by === 'provider' || refund.rule === 'unconsumed';
    await endBy(course, service, at, { by: ends.by, cited: clause, refund: back });
  }
  if (serviceIds === 'all') closeUsage(course, at);
}

/** Nobody set it anew: the case and the ban that the terms have follow by themselves, with all that a ban holds. */
async function contactUncorrected(course: Course, at: Date, contact: string): Promise<void> {
  const policy = await customerPolicy(course.tx, course.customerId, at);
  const follows = policy && contactFollows(policy.parameters);
  if (!follows) return;
  const clause = cited(policy, 'contact');
  const opened = citedNamed(policy, 'enforcement', follows.category.clause);
  const of = (kind: string) => ({ kind, id: null, label: contact });
  say(course, { at, act: 'case.opened', subject: of('case'), cited: opened });
  say(course, { at, act: `measure.${follows.measure}`, subject: of('measure'), cited: clause });
  say(course, { at, act: 'restriction.placed', subject: of('restriction'), cited: clause });
  course.restricted = true;
  for (const service of course.services) hold(course, service, at, clause);
}
