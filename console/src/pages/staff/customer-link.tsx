import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { customerNameQuery } from '../../api/staff-names.ts';
import { useStaffMay } from '../../ui/staff-may.tsx';

/** By what the customer is known, for who may look at customers; the end of the id, where it differs, for others. */
export function CustomerLink({ id }: { id: string }) {
  const may = useStaffMay('customers');
  const name = useQuery({ ...customerNameQuery(id), enabled: may }).data;
  return (
    <Link to="/staff/customers/$id" params={{ id }} title={id}>
      {name ?? <code>…{id.slice(-8)}</code>}
    </Link>
  );
}
