/** What the line of the console starts with that holds the results as JSON. */
export const resultMark = 'CORS-LINT-RESULTS ';

export interface WebTest {
  readonly title: string;
  readonly failure?: string;
}
