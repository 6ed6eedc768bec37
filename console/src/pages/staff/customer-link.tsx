import { Link } from '@tanstack/react-router';

/** The end of the id is what differs. */
export function CustomerLink({ id }: { id: string }) {
  return (
    <Link to="/staff/customers/$id" params={{ id }} title={id}>
      <code>…{id.slice(-8)}</code>
    </Link>
  );
}
