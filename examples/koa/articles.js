export const articles = [{ title: 'Generators were a fine idea' }, { title: 'Then came await' }]
