import type { FormInstance } from 'antd';
import { useCallback, useState } from 'react';
import { ApiProblem, type FieldError, problemOf } from '../api/problem.ts';

/** What a form could not show at a field, for the alert above its button. */
export interface FormTrouble {
  error: Error;
  errors: FieldError[];
}

/**
 * Puts each `errors[].field` of a problem at the form's field of that name ("access.password" is the path
 * access → password); the rest, and the problem itself where no field took it, goes to the alert.
 */
// biome-ignore lint/suspicious/noExplicitAny: FormInstance is invariant in its values; only names are used here.
export function useFormProblem(form: FormInstance<any>, names: Record<string, string> = {}) {
  const [trouble, setTrouble] = useState<FormTrouble | null>(null);
  const clear = useCallback(() => setTrouble(null), []);
  const show = useCallback(
    (error: Error) => {
      const problem = problemOf(error);
      const known = new Set(
        Object.keys(flatten(form.getFieldsValue(true))).concat(Object.keys(names), Object.values(names)),
      );
      const fieldOf = (name: string) => names[name] ?? name;
      const atFields = problem.errors.filter((each) => known.has(fieldOf(each.field)));
      form.setFields(
        atFields.map((each) => ({ name: fieldOf(each.field).split('.'), errors: [each.message] })),
      );
      const rest = problem.errors.filter((each) => !atFields.includes(each));
      const shown = atFields.length > 0 && rest.length === 0;
      setTrouble(shown && error instanceof ApiProblem ? null : { error, errors: rest });
      const first = atFields[0];
      if (first) form.scrollToField(fieldOf(first.field).split('.'), { focus: true, block: 'center' });
    },
    [form, names],
  );
  return { trouble, show, clear };
}

function flatten(values: Record<string, unknown>, prefix = ''): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([key, value]) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.entries(flatten(value as Record<string, unknown>, `${prefix}${key}.`))
        : [[`${prefix}${key}`, value]],
    ),
  );
}
