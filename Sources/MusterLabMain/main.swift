/// In an async function of its own, where `main` means the async one.
func start() async { await LabCommandLine.main() }

await start()
