package catalog

// FinishLook is for the tests of looks that belong to no run.
var FinishLook = finishLook
