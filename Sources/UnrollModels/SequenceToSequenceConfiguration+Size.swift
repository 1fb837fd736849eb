extension SequenceToSequenceConfiguration {
    /// A lower bound of the numbers that the network learns, found without drawing it: the tables and the cells' weights.
    ///
    /// Not a whole number of the machine's, which a configuration from outside may exceed.
    package func leastParameterCount(sourceVocabulary: Int, targetVocabulary: Int) -> Double {
        let gates = cell.leastMatrices
        let (hidden, embedding) = (Double(hidden), Double(embedding))
        let cells = Double(encoderLayers) * (bidirectional ? 2 : 1) + Double(decoderLayers)
        let recurrent = (gates * hidden * hidden + cell.furtherParameters(hidden: hidden, cellOptions)) * cells
        let input = gates * hidden * embedding * (bidirectional ? 3 : 2)
        let tables = embedding * (Double(targetVocabulary) + (tiedEmbeddings == .all ? 0 : Double(sourceVocabulary)))
        return recurrent + input + tables
    }
}
