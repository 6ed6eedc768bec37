import type { FormTrouble } from './form-problem.ts';
import { ProblemAlert } from './problem-alert.tsx';

export function FormAlert({ trouble }: { trouble: FormTrouble | null }) {
  if (!trouble) return null;
  return (
    <div style={{ marginBottom: 16 }}>
      <ProblemAlert error={trouble.error} errors={trouble.errors} />
    </div>
  );
}
