/** Refused, as the server refuses: problem details, with the place in the expression where there is one. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    detail: string,
    readonly position?: number,
  ) {
    super(detail);
  }
}
