export { dumpViewer } from '@hot-hook/viewer'
