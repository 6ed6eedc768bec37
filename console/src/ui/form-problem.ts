import type { FormInstance } from 'antd';
import { useCallback, useState } from 'react';
import { type ApiProblem, type FieldError, problemOf } from '../api/problem.ts';

/** What a form could not show at a field, for the alert above its button. */
export interface FormTrouble {
  error: Error;
  errors: FieldError[];
}

interface Places {
  /** The form's own name for a field of the API. */
  names?: Record<string, string>;
  /** The field that a problem of this code is about, where the problem itself names none. */
  codes?: Record<string, string>;
}

const NOWHERE: Places = {};

/**
 * Puts a problem at the fields that it is about ("access.password" is the path access → password); what no field
 * of the form takes goes to the alert.
 */
// biome-ignore lint/suspicious/noExplicitAny: FormInstance is invariant in its values; only names are used here.
export function useFormProblem(form: FormInstance<any>, places: Places = NOWHERE) {
  const [trouble, setTrouble] = useState<FormTrouble | null>(null);
  const clear = useCallback(() => setTrouble(null), []);
  const show = useCallback(
    (error: Error) => {
      const errors = fieldErrors(problemOf(error), places);
      const fields = new Set(form.getFieldsError().map(({ name }) => name.join('.')));
      const shown = errors.filter(({ field }) => fields.has(field));
      form.setFields(shown.map(({ field, message }) => ({ name: field.split('.'), errors: [message] })));
      const rest = errors.filter((each) => !shown.includes(each));
      setTrouble(shown.length > 0 && rest.length === 0 ? null : { error, errors: rest });
      const first = shown[0];
      if (first) form.scrollToField(first.field.split('.'), { focus: true, block: 'center' });
    },
    [form, places],
  );
  return { trouble, show, clear };
}

/**
 * The messages of `invalid-input` are written for the reader; those of every other problem only name the field, and
 * its title and detail say what is wrong there.
 */
function fieldErrors(problem: ApiProblem, { names = {}, codes = {} }: Places): FieldError[] {
  const named = problem.errors.map(({ field, message }) => ({ field: names[field] ?? field, message }));
  if (problem.code === 'invalid-input') return named;
  const message = [problem.title, problem.detail].filter(Boolean).join(' · ');
  const about = codes[problem.code];
  const fields = named.length > 0 ? named.map(({ field }) => field) : about ? [about] : [];
  return fields.map((field) => ({ field, message }));
}
