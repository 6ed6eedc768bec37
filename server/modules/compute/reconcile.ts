import { asSystem, type House } from '#kernel/house.ts';
import { addMinutes } from '#kernel/time.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { certificateIssue } from '#modules/endings/index.ts';
import { serviceChanged, serviceFail, serviceReady } from '#modules/lifecycle/index.ts';
import { applyAccess, awaitSsh, GuestError, openAccess } from './access.ts';
import { type Hypervisor, HypervisorError, type InstanceSpec, type ObservedInstance } from './driver.ts';
import { desiredOf, type InstanceView, instanceView, specOf } from './instance-read.ts';
import { CREATE_ATTEMPTS, nextStep, type Step, UNREACHABLE_HOURS } from './rules.ts';
import { type ShownStep, stepRecord } from './step-record.ts';
import './driver.ts';
import './tables.ts';

/** More steps than any instance needs from nothing to ready; a loop beyond that is a fault of ours. */
const MAX_STEPS = 12;

/**
 * Brings one instance from what is to what should be, one idempotent step after another, and writes down what it
 * sees. It may die between any two lines: the next run looks again. Throws to be tried again.
 */
export async function reconcile(house: House, instanceId: string): Promise<void> {
  for (let taken = 0; taken < MAX_STEPS; taken++) {
    const view = await instanceView(house.db, instanceId);
    if (!view || view.instance.gone_at) return;
    const hypervisor = house.ports.hypervisors(view.node.name);
    try {
      const more = await stepOnce(house, hypervisor, view);
      if (!more) return;
    } catch (error) {
      if (await gaveUp(house, view, error as Error)) continue;
      throw error;
    }
  }
  throw new Error('no end in sight');
}

async function stepOnce(house: House, hypervisor: Hypervisor, view: InstanceView): Promise<boolean> {
  const { instance } = view;
  const spec = specOf(view, house.ports.deployment);
  const [observed = null] = await hypervisor.observe(instance.name);
  const step = nextStep(desiredOf(view, spec), observed);
  if (step === null) {
    await settled(house, hypervisor, view, observed);
    return false;
  }
  if (step === 'wait') throw new HypervisorError('unreachable', 'the hypervisor is still busy with it');
  if (step === 'missing') {
    await seen(house, view, null, 'the machine is missing on its node');
    house.log.error(
      { instance: instance.id, node: view.node.name },
      'an instance that was in use is missing on its node',
    );
    return false;
  }
  await perform(house, hypervisor, view, spec, step);
  return step !== 'release';
}

async function perform(
  house: House,
  hypervisor: Hypervisor,
  view: InstanceView,
  spec: InstanceSpec,
  step: Exclude<Step, 'wait' | 'missing'>,
): Promise<void> {
  const { instance } = view;
  const making = instance.ready_at === null && instance.allowed === 'yes';
  const shown = async (name: ShownStep, work: () => Promise<void>) => {
    if (!making) return work();
    await note(house, view, name, 'started');
    try {
      await work();
    } catch (error) {
      await note(house, view, name, 'failed', error instanceof HypervisorError ? error.kind : undefined);
      throw error;
    }
    await note(house, view, name, 'done');
  };
  switch (step) {
    case 'create':
      return shown('created', () => hypervisor.create(spec));
    case 'configure':
      return hypervisor.configure(spec);
    case 'start':
      return shown('started', () => hypervisor.power(instance.name, 'start'));
    case 'stop':
      return hypervisor.power(instance.name, 'stop', 20);
    case 'restart':
      await hypervisor.power(instance.name, 'restart', 20);
      return restarted(house, view);
    case 'access':
      return shown('access', () => giveAccess(house, hypervisor, view));
    case 'destroy':
      return hypervisor.destroy(instance.name);
    case 'release':
      return release(house, hypervisor, view);
  }
}

function note(
  house: House,
  { instance }: InstanceView,
  step: ShownStep,
  state: 'started' | 'done' | 'failed',
  detail?: string,
) {
  return asSystem(house, instance.brand, 'compute', (tx, ctx) =>
    stepRecord(tx, ctx, instance.id, step, state, detail),
  );
}

async function giveAccess(house: House, hypervisor: Hypervisor, { instance }: InstanceView): Promise<void> {
  if (!instance.sealed_access) throw new Error('there is no access to give');
  const access = openAccess(house.sealer, instance.id, instance.sealed_access);
  // Once it was in use, the way in changes only because its owner did.
  const alone = instance.ready_at !== null;
  await applyAccess(hypervisor, instance.name, instance.hostname, access, { alone });
  await asSystem(house, instance.brand, 'compute', async (tx, ctx) => {
    await tx
      .updateTable('compute_instance')
      .set({ access_applied_at: ctx.now, sealed_access: null })
      .where('id', '=', instance.id)
      .execute();
  });
}

async function restarted(house: House, { instance }: InstanceView): Promise<void> {
  await house.db
    .updateTable('compute_instance')
    .set({ restart_done: instance.restart_wanted })
    .where('id', '=', instance.id)
    .execute();
}

/** All is as it should be. The first time it runs so, sshd is waited for and the service handed over. */
async function settled(
  house: House,
  hypervisor: Hypervisor,
  view: InstanceView,
  observed: ObservedInstance | null,
): Promise<void> {
  const { instance, node, sshPort } = view;
  const handOver = instance.ready_at === null && observed?.power === 'running';
  if (handOver) {
    await note(house, view, 'ready', 'started');
    await awaitSsh(hypervisor, instance.name);
  }
  await seen(house, view, observed, null);
  if (!handOver) return;
  await asSystem(house, instance.brand, 'compute', async (tx, ctx) => {
    await tx
      .updateTable('compute_instance')
      .set({ ready_at: ctx.now })
      .where('id', '=', instance.id)
      .execute();
    await stepRecord(tx, ctx, instance.id, 'ready', 'done');
    await serviceReady(tx, ctx, {
      serviceId: instance.id,
      access: `ssh -p ${sshPort} root@${node.public_address}`,
    });
  });
}

/** Writes down what was observed; clears or sets the trouble. */
async function seen(
  house: House,
  { instance }: InstanceView,
  observed: ObservedInstance | null,
  error: string | null,
): Promise<void> {
  await asSystem(house, instance.brand, 'compute', async (tx, ctx) => {
    await tx
      .updateTable('compute_instance')
      .set({
        power: observed?.power ?? null,
        observed_at: ctx.now,
        last_error: error,
        ...(error ? {} : { failures: 0 }),
      })
      .where('id', '=', instance.id)
      .execute();
    await serviceChanged(tx, instance.id);
  });
}

/**
 * It is gone from the node: only now are its address and ports free for others. Where a service was deleted, what was
 * looked for and not found stands on its certificate; what is still there keeps the address, and is looked for again.
 */
async function release(house: House, hypervisor: Hypervisor, view: InstanceView): Promise<void> {
  const { instance, node, address, mappings } = view;
  const traces = await hypervisor.traces(instance.name);
  const left = traces.filter(({ there }) => there).map(({ place }) => place);
  if (left.length > 0)
    throw new HypervisorError('conflict', `${instance.name} is to be gone, but there is ${left.join(', ')}`);
  await asSystem(house, instance.brand, 'compute', async (tx, ctx) => {
    await tx.deleteFrom('compute_mapping').where('instance_id', '=', instance.id).execute();
    await tx
      .updateTable('compute_instance')
      .set({ slot: null, power: null, gone_at: ctx.now, sealed_access: null, last_error: null })
      .where('id', '=', instance.id)
      .execute();
    await auditRecord(tx, ctx, {
      action: 'instance.erased',
      subject: { kind: 'service', id: instance.id },
      customerId: instance.customer_id,
      facts: { node: node.name, name: instance.name },
    });
    await certificateIssue(tx, ctx, {
      serviceId: instance.id,
      seen: {
        node: node.name,
        product: node.product,
        simulated: node.simulated,
        machine: instance.name,
        diskBytes: instance.disk_bytes,
        absent: traces.map(({ what, place }) => ({ what, place })),
        addresses: {
          private: address,
          public: node.public_address,
          ports: mappings.map(({ protocol, listen_port: port }) => ({ protocol, port })),
        },
      },
    });
    await serviceChanged(tx, instance.id);
  });
}

/**
 * Counts a failure. While the machine is being made, a hypervisor that keeps refusing, or can't be reached for
 * very long, ends it: the money goes back, and what may have been made is taken away. Returns whether it ended.
 */
async function gaveUp(house: House, view: InstanceView, error: Error): Promise<boolean> {
  const { instance } = view;
  const message = error.message.slice(0, 500);
  const refusal =
    error instanceof GuestError || (error instanceof HypervisorError && error.kind !== 'unreachable');
  // Only refusals count: that a node could not be reached says nothing about the machine (F08).
  const failures = instance.failures + (refusal ? 1 : 0);
  const refused = refusal && failures >= CREATE_ATTEMPTS;
  const patience = addMinutes(instance.created_at, UNREACHABLE_HOURS * 60);
  const making = instance.ready_at === null && instance.allowed === 'yes';
  return asSystem(house, instance.brand, 'compute', async (tx, ctx) => {
    const over = making && (refused || ctx.now > patience);
    await tx
      .updateTable('compute_instance')
      .set({
        failures,
        last_error: message,
        ...(over ? { allowed: 'gone' as const, gave_up_at: ctx.now, failures: 0 } : {}),
      })
      .where('id', '=', instance.id)
      .execute();
    if (!over) {
      await serviceChanged(tx, instance.id);
      return false;
    }
    house.log.error(
      { instance: instance.id, node: view.node.name, err: message },
      'an instance can’t be made; refunded',
    );
    await stepRecord(
      tx,
      ctx,
      instance.id,
      'refunded',
      'done',
      error instanceof HypervisorError ? error.kind : null,
    );
    await serviceFail(tx, ctx, { serviceId: instance.id, reason: message });
    return true;
  });
}
