// Written over bit patterns, since `Float16` does not exist on every platform, and where it does may cost a call for each element.

/// The value of an IEEE 754 half-precision number: 1 bit of sign, 5 of exponent, 10 of significand.
func float(half bits: UInt16) -> Float {
    let sign = UInt32(bits & 0x8000) << 16
    let exponent = UInt32(bits >> 10 & 0x1F)
    let significand = UInt32(bits & 0x3FF)
    switch exponent {
    case 0:
        let magnitude = Float(significand) * 0x1p-24
        return Float(bitPattern: sign | magnitude.bitPattern)
    case 0x1F:
        return Float(bitPattern: sign | 0x7F80_0000 | significand << 13)
    default:
        return Float(bitPattern: sign | (exponent + 112) << 23 | significand << 13)
    }
}

/// The value of a bfloat16 number: the upper half of a single-precision one.
func float(bfloat bits: UInt16) -> Float { Float(bitPattern: UInt32(bits) << 16) }
