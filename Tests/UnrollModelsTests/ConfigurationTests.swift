import Foundation
import Testing

@testable import UnrollModels

@Suite("Configuration of sequence to sequence") struct ConfigurationTests {
    /// The key and the message of the refusal.
    private func said(_ json: String) -> String {
        do {
            _ = try JSONDecoder().decode(Configuration.self, from: Data(json.utf8))
            return "no error"
        } catch DecodingError.dataCorrupted(let context) {
            return (context.codingPath.last?.stringValue ?? "") + ": " + context.debugDescription
        } catch DecodingError.typeMismatch(_, let context) {
            return "type of " + (context.codingPath.last?.stringValue ?? "")
        } catch {
            return "\(error)"
        }
    }

    @Test func nothingGivesTheDefaults() throws {
        #expect(try JSONDecoder().decode(Configuration.self, from: Data("{}".utf8)) == Configuration())
    }

    @Test(arguments: SampleNetworks.configurations)
    func survivesJSON(_ configuration: Configuration) throws {
        #expect(try JSONDecoder().decode(Configuration.self, from: JSONEncoder().encode(configuration)) == configuration)
    }

    @Test func theBridgeThatCopiesNeedsEqualSides() {
        let message = "bridge: 'copy' needs a one-directional encoder with as many layers as the decoder; use 'dense'"
        #expect(said(#"{"bridge":"copy"}"#) == message)
        #expect(said(#"{"bridge":"copy","bidirectional":true}"#) == message)
        #expect(said(#"{"bridge":"copy","bidirectional":false,"encoderLayers":2}"#) == message)
        #expect(said(#"{"bridge":"copy","bidirectional":false,"encoderLayers":2,"decoderLayers":2}"#) == "no error")
    }

    @Test func theDotScoreNeedsEqualSizes() {
        #expect(
            said(#"{"attention":"dot"}"#)
                == "attention: 'dot' compares equal sizes, and a bidirectional encoder shows 2 × hidden; use 'general'")
        #expect(said(#"{"attention":"dot","bidirectional":false}"#) == "no error")
        #expect(said(#"{"attention":"general","bidirectional":true}"#) == "no error")
    }

    @Test func theSourceMustReachTheDecoder() {
        #expect(
            said(#"{"bridge":"zero","attention":"none"}"#)
                == "bridge: 'zero' without attention would hide the source from the decoder; use 'dense'")
        #expect(said(#"{"bridge":"zero"}"#) == "no error")
        #expect(said(#"{"attention":"none"}"#) == "no error")
    }

    @Test func aTiedTableIsAsWideAsAnEmbedding() {
        let message =
            "readout: 'concatenated' is wider than the table that 'tied_embeddings' makes the output layer's weight; use 'projected'"
        for tying in ["output", "all"] {
            for attention in ["none", "general", "additive"] {
                #expect(said(#"{"readout":"concatenated","tiedEmbeddings":"\#(tying)","attention":"\#(attention)"}"#) == message)
            }
        }
        #expect(said(#"{"readout":"concatenated"}"#) == "no error")
        #expect(said(#"{"readout":"projected","tiedEmbeddings":"output"}"#) == "no error")
    }

    @Test func numbersKeepTheirRanges() {
        for key in ["embedding", "hidden", "encoderLayers", "decoderLayers"] {
            #expect(said("{\"\(key)\":0}") == "\(key): must be at least 1, not 0")
            #expect(said("{\"\(key)\":\"x\"}") == "type of \(key)")
        }
        #expect(said(#"{"dropout":1}"#) == "dropout: must be at least 0 and below 1, not 1.0")
        #expect(said(#"{"dropout":-0.1}"#) == "dropout: must be at least 0 and below 1, not -0.1")
        #expect(said(#"{"cell":"transformer"}"#).hasPrefix("cell: "))
        for text in [#""chrono(2)""#, #""chrono""#, #""many""#] {
            #expect(said("{\"forgetBias\":\(text)}").hasPrefix("forgetBias: must be a number or 'chrono(steps)' with at least 3 steps"))
        }
        #expect(said(#"{"forgetBias":-1}"#) == "no error")
        #expect(said(#"{"forgetBias":"chrono(3)"}"#) == "no error")
    }

    @Test func theEquationsInOneLine() {
        var configuration = Configuration()
        #expect(configuration.equations == "gru, reset gate \(configuration.resetGate.rawValue); attention additive; bridge dense")
        configuration.cell = .lstm
        configuration.attention = .none
        configuration.bridge = .copy
        #expect(configuration.equations == "lstm, forget bias starts at 1.0; attention none; bridge copy")
        configuration.readout = .concatenated
        #expect(configuration.equations == "lstm, forget bias starts at 1.0; attention none; bridge copy; readout concatenated")
        configuration.forgetBias = .chrono(longest: 400)
        #expect(configuration.equations.hasPrefix("lstm, forget bias starts at chrono(400); "))
        configuration.cell = .gru
        #expect(configuration.equations.hasPrefix("gru, reset gate before_product, update bias starts at chrono(400); "))
    }
}
