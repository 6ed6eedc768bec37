import type { $ZodIssue } from 'zod/v4/core';

/** What a schema refused; told field by field in the reader's language. */
export class InvalidInput extends Error {
  readonly statusCode = 400;
  readonly issues: $ZodIssue[];
  readonly part: string;

  constructor(issues: $ZodIssue[], part: string) {
    super('invalid input');
    this.issues = issues;
    this.part = part;
  }
}
