/** Says that graphql-js must execute an operation. */

/** Thrown while the operation is planned. */
export class NotPlannable extends Error {}
