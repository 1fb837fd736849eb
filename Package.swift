// swift-tools-version: 6.1
import PackageDescription

// An optimised C target makes debug builds and tests 10 to 100 times faster, but a flag outside the manifest's own vocabulary bars a package
// from being depended on by version; so only a clone that is itself the root asks for it.
let isDependency = ["/checkouts/", "/registry/downloads/"].contains { Context.packageDirectory.contains($0) }
let kernelSettings: [CSetting] = isDependency ? [] : [.unsafeFlags(["-O2"], .when(configuration: .debug))]

/// The rooms, in the order in which they may import one another: each only those above it.
func room(_ name: String, _ dependencies: [String], packages: [Target.Dependency] = []) -> Target {
    .target(
        name: "Unroll\(name)",
        dependencies: dependencies.map { .target(name: $0 == "CUnrollKernels" ? $0 : "Unroll\($0)") } + packages)
}

func tests(_ name: String, _ dependencies: [String], resources: [Resource] = []) -> Target {
    .testTarget(
        name: "Unroll\(name)Tests",
        dependencies: dependencies.map { .target(name: $0 == "CUnrollKernels" ? $0 : "Unroll\($0)") },
        resources: resources)
}

let package = Package(
    name: "unroll",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Unroll", targets: ["Unroll"]),
        .executable(name: "unroll", targets: ["UnrollTool"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
    ],
    targets: [
        .target(name: "CUnrollKernels", cSettings: kernelSettings),
        room("Kernels", ["CUnrollKernels"]),
        room("Tensors", ["CUnrollKernels", "Kernels"]),
        room("Modules", ["Kernels", "Tensors"]),
        room("Text", []),
        room("Data", []),
        room("Models", ["Kernels", "Tensors", "Modules"]),
        room("Checkpoints", ["Kernels", "Tensors", "Modules", "Text", "Models"]),
        room("Decoding", ["Tensors", "Modules", "Text", "Models", "Checkpoints"]),
        room("Insight", []),
        room(
            "Training",
            ["CUnrollKernels", "Kernels", "Tensors", "Modules", "Text", "Data", "Models", "Checkpoints", "Decoding", "Insight"]),
        room(
            "Recipes", ["Tensors", "Text", "Data", "Models", "Checkpoints", "Training"],
            packages: [.product(name: "Yams", package: "Yams")]),
        room("Verification", ["Kernels", "Tensors", "Modules", "Models"]),
        room("Applications", ["Tensors", "Modules", "Text", "Data", "Models", "Checkpoints", "Decoding", "Insight"]),
        .target(
            name: "Unroll",
            dependencies: [
                "UnrollKernels", "UnrollTensors", "UnrollModules", "UnrollText", "UnrollData", "UnrollModels", "UnrollCheckpoints",
                "UnrollDecoding", "UnrollTraining", "UnrollInsight", "UnrollRecipes", "UnrollApplications",
            ]),
        room("Benchmarks", ["Kernels", "Tensors", "Modules", "Models", "Training", "Recipes"]),
        .executableTarget(
            name: "UnrollTool",
            dependencies: [
                "UnrollKernels", "UnrollVerification", "UnrollBenchmarks", "Unroll",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        tests("Kernels", ["CUnrollKernels"]),
        tests("Tensors", ["Kernels", "Tensors"], resources: [.copy("Golden")]),
        tests("Modules", ["Kernels", "Tensors", "Modules"], resources: [.copy("Golden")]),
        tests("Text", ["Text"], resources: [.copy("Golden")]),
        tests("Data", ["Data"]),
        tests("Models", ["Kernels", "Tensors", "Modules", "Models", "Checkpoints"]),
        tests("Checkpoints", ["Kernels", "Tensors", "Modules", "Checkpoints"], resources: [.copy("Golden")]),
        tests("Decoding", ["Tensors", "Modules", "Text", "Models", "Decoding"]),
        tests(
            "Training", ["Kernels", "Tensors", "Modules", "Text", "Data", "Models", "Checkpoints", "Decoding", "Insight", "Training"],
            resources: [.copy("Golden")]),
        tests("Insight", ["Insight"]),
        tests(
            "Recipes",
            ["Tensors", "Modules", "Text", "Data", "Models", "Checkpoints", "Training", "Recipes"]),
        tests("Verification", ["Kernels", "Tensors", "Modules", "Models", "Verification"]),
        tests(
            "Applications", ["Tensors", "Modules", "Text", "Data", "Models", "Checkpoints", "Decoding", "Insight", "Applications"],
            resources: [.copy("Golden")]),
        tests("Benchmarks", ["Kernels", "Tensors", "Modules", "Benchmarks"], resources: [.copy("Golden")]),
        tests("Tool", ["Tensors", "Verification", "Tool"], resources: [.copy("Golden")]),
    ],
    swiftLanguageModes: [.v6]
)
