/** Refused, as the server refuses: status, title, detail. */
export class ExploreRefusal extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    detail: string,
  ) {
    super(detail);
  }
}
