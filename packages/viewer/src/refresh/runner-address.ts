/** Environment variable with the address of the runner's script, for pages that renew themselves. */
export const refreshVariable = 'HOT_RUNNER_REFRESH'
