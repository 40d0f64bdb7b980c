#!/usr/bin/env node
// In the repository this file is there before anything is built, so that it can be linked.
import '../dist/bin.js'
