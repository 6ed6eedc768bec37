/** From the events of one subject to what its meter shows. Pure; instants are milliseconds, quantities whole base units. */

export interface Point {
  at: number;
  value: bigint;
}

export interface Slot {
  start: number;
  end: number;
}

/**
 * A level by how long it stood (base units × milliseconds) in each slot. `points` in the order of their time; the one
 * before the first slot, if there is one, comes first. At one instant the last one holds.
 */
export function weighted(points: Point[], slots: Slot[]): bigint[] {
  return slots.map(({ start, end }) =>
    points.reduce((sum, { at, value }, i) => {
      const from = Math.max(at, start);
      const to = Math.min(points[i + 1]?.at ?? end, end);
      return to > from ? sum + value * BigInt(to - from) : sum;
    }, 0n),
  );
}

/** The level at the end of each slot: that of the last event before it, however long ago. */
export function lasting(points: Point[], slots: Slot[]): bigint[] {
  return slots.map(({ end }) => points.findLast(({ at }) => at < end)?.value ?? 0n);
}

/**
 * How much a counter grew by the events in each slot. The first reading of all is where counting begins; a reading
 * below the one before means that the counter started again from zero, so usage is never negative (F46).
 */
export function counted(points: Point[], slots: Slot[]): bigint[] {
  const steps = points.map(({ at, value }, i) => {
    const before = points[i - 1]?.value ?? value;
    return { at, grown: value >= before ? value - before : value };
  });
  return slots.map(({ start, end }) =>
    steps.reduce((sum, { at, grown }) => (at >= start && at < end ? sum + grown : sum), 0n),
  );
}
