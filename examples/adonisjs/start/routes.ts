import router from '@adonisjs/core/services/router'

const NotesController = () => import('#controllers/notes_controller')

router.get('/', [NotesController, 'index'])
