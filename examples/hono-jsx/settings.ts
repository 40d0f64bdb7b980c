export const title = 'Tea'
