// How many cases a property is tried with. CI raises it through the environment.
export const propertyRuns = Number(process.env.SINGLET_PROPERTY_RUNS ?? 1000)
