const express = require('express')

const app = express()
app.get('/', (_request, response) => response.send('Welcome'))
app.use('/users', require('./routes/users'))

module.exports = app
