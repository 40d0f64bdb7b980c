export { dumpViewer } from './dump-viewer.ts'
export { type Handler, type ViewerOptions, viewer } from './viewer.ts'
