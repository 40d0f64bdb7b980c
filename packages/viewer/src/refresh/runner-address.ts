/** Environment variable with the address of the runner's script, for pages that renew themselves. */
export const refreshVariable = 'HOT_RUNNER_REFRESH'

/** Environment variable with the id of the process that the runner has started. */
export const processVariable = 'HOT_RUNNER_REFRESH_PROCESS'
