import MusterLab

try await withLab { lab in
    print("listening on port \(lab.port)")
    try await Task.sleep(for: .seconds(3600))
}
