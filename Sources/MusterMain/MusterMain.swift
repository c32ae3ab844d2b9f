import MusterCommands

/// The executable; all it does is in `MusterCommands`.
@main
enum MusterMain {
    static func main() async {
        await MusterTool.main()
    }
}
