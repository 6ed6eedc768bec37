/** What the API said went wrong (RFC 9457), or that it couldn't be reached. */

export interface FieldError {
  field: string;
  message: string;
}

export interface ProblemClause {
  id: string;
  version?: string;
  title?: string;
  text?: string;
}

interface ProblemBody {
  title?: string;
  detail?: string;
  code?: string;
  instance?: string;
  errors?: FieldError[];
  clause?: ProblemClause;
}

export class ApiProblem extends Error {
  /** 0 when no answer came at all. */
  readonly status: number;
  readonly code: string;
  /** Null when the answer wasn't a problem document; the page then says so in its own words. */
  readonly title: string | null;
  readonly detail: string | null;
  readonly instance: string | null;
  readonly errors: FieldError[];
  readonly clause: ProblemClause | null;

  constructor(status: number, body: unknown, options?: ErrorOptions) {
    const problem: ProblemBody = typeof body === 'object' && body !== null ? body : {};
    super(problem.code ?? `HTTP ${status}`, options);
    this.status = status;
    this.code = problem.code ?? (status === 0 ? 'unreachable' : 'unexpected');
    this.title = problem.title ?? null;
    this.detail = problem.detail ?? null;
    this.instance = problem.instance ?? null;
    this.errors = Array.isArray(problem.errors) ? problem.errors : [];
    this.clause = problem.clause ?? null;
  }

  /** True when the answer settles that the act did not happen, so that a new attempt is a new act. */
  get settled(): boolean {
    return this.status >= 400 && this.status < 500 && this.status !== 408 && this.status !== 409;
  }
}

export function problemOf(error: unknown): ApiProblem {
  return error instanceof ApiProblem ? error : new ApiProblem(0, null, { cause: error });
}
