import { Router } from 'express'

const names = ['Ada', 'Grace']

export const users = Router()
users.get('/', (_request, response) => response.json(names))
