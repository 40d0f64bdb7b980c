const { Router } = require('express')
const { users } = require('../models/users')

const router = Router()
router.get('/', (_request, response) => response.json(users))

module.exports = router
