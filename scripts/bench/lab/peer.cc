// SPDX-License-Identifier: Apache-2.0

// The lab's scenarios for ns-3, so that both can be run in the same minute on the same machine.
//
//   peer saturated --stations=10   every station sends to the next one, all hear all
//   peer grid --side=5             a square grid; only the four neighbours hear a node, those two steps away are hidden
//   peer pair --rts=1              two stations that do not hear each other send A-MPDUs to an access point between them
//
// The pair is that of ns-3's own example of hidden HT stations, but without IP and association: there the second
// station's ARP request is lost among the first one's aggregates and asked again after a second, so that a run of a
// second measures one station beside a silent one.
//
// One JSON line: seconds of virtual and of real time, and what each receiver got in Mbit/s.

#include "ns3/core-module.h"
#include "ns3/mobility-module.h"
#include "ns3/network-module.h"
#include "ns3/wifi-module.h"

#include <chrono>
#include <iostream>
#include <limits>
#include <sstream>
#include <vector>

using namespace ns3;

namespace {

double warmUpSeconds = 1;
std::vector<uint64_t> receivedBytes;
std::vector<uint64_t> receivedBefore;

void Receive(uint32_t flow, Ptr<const Packet> packet, const Address&)
{
    receivedBytes[flow] += packet->GetSize();
}

void EndWarmUp()
{
    receivedBefore = receivedBytes;
}

/** Runs, and prints what the flows got after the warm-up. */
void Measure(double seconds)
{
    Simulator::Schedule(Seconds(warmUpSeconds), &EndWarmUp);
    Simulator::Stop(Seconds(warmUpSeconds + seconds));
    const auto begin = std::chrono::steady_clock::now();
    Simulator::Run();
    const std::chrono::duration<double> real = std::chrono::steady_clock::now() - begin;
    std::ostringstream flows;
    for (size_t i = 0; i < receivedBytes.size(); i++)
        flows << (i ? "," : "") << (receivedBytes[i] - receivedBefore[i]) * 8 / seconds / 1e6;
    std::cout << "{\"virtualSeconds\":" << warmUpSeconds + seconds << ",\"realSeconds\":" << real.count()
              << ",\"events\":" << Simulator::GetEventCount() << ",\"flowsMbps\":[" << flows.str() << "]}" << std::endl;
    Simulator::Destroy();
}

struct Plan
{
    uint32_t flow;
    uint32_t bytes;
    int packets; // 0: without end
    double intervalUs;
    double startSeconds;
};

/** A source that sends every so often, and the sink that counts; flows are told apart by protocol number. */
void Source(Ptr<Node> from,
            Ptr<NetDevice> fromDevice,
            Ptr<Node> to,
            Ptr<NetDevice> toDevice,
            const Plan& plan)
{
    PacketSocketAddress address;
    address.SetSingleDevice(fromDevice->GetIfIndex());
    address.SetPhysicalAddress(toDevice->GetAddress());
    address.SetProtocol(plan.flow + 1);
    Ptr<PacketSocketClient> client = CreateObject<PacketSocketClient>();
    client->SetRemote(address);
    client->SetAttribute("PacketSize", UintegerValue(plan.bytes));
    client->SetAttribute("MaxPackets", UintegerValue(plan.packets));
    client->SetAttribute("Interval", TimeValue(MicroSeconds(plan.intervalUs)));
    client->SetStartTime(Seconds(plan.startSeconds));
    from->AddApplication(client);
    PacketSocketAddress local;
    local.SetSingleDevice(toDevice->GetIfIndex());
    local.SetProtocol(plan.flow + 1);
    if (plan.packets != 0)
        return; // one sink a flow is enough
    Ptr<PacketSocketServer> server = CreateObject<PacketSocketServer>();
    server->SetLocal(local);
    server->TraceConnectWithoutContext("Rx", MakeBoundCallback(&Receive, plan.flow));
    to->AddApplication(server);
}

/** Ad-hoc stations at these places; `to` is whom each sends to. Saturated, constant rate, retries as told. */
void AdHoc(const std::vector<Vector>& places,
           const std::vector<uint32_t>& to,
           double rangeM,
           const std::string& mode,
           uint32_t bytes,
           uint32_t retries,
           double intervalUs,
           double seconds,
           double rssDbm = 0)
{
    const auto any = std::numeric_limits<uint32_t>::max();
    Config::SetDefault("ns3::WifiRemoteStationManager::FragmentationThreshold", StringValue("22000"));
    Config::SetDefault("ns3::WifiRemoteStationManager::RtsCtsThreshold", StringValue("22000"));
    Config::SetDefault("ns3::WifiRemoteStationManager::MaxSlrc", UintegerValue(retries));
    Config::SetDefault("ns3::WifiRemoteStationManager::MaxSsrc", UintegerValue(retries));
    Config::SetDefault("ns3::WifiMacQueue::MaxSize", QueueSizeValue(QueueSize(QueueSizeUnit::PACKETS, any)));
    Config::SetDefault("ns3::WifiMacQueue::MaxDelay", TimeValue(Seconds(10 * (warmUpSeconds + seconds))));
    Config::SetDefault("ns3::RangePropagationLossModel::MaxRange", DoubleValue(rangeM));

    NodeContainer nodes;
    nodes.Create(places.size());
    YansWifiChannelHelper channel;
    channel.SetPropagationDelay("ns3::ConstantSpeedPropagationDelayModel");
    if (rssDbm < 0)
        channel.AddPropagationLoss("ns3::FixedRssLossModel", "Rss", DoubleValue(rssDbm));
    else
        channel.AddPropagationLoss("ns3::RangePropagationLossModel");
    YansWifiPhyHelper phy;
    if (rssDbm == 0)
        phy.DisablePreambleDetectionModel();
    phy.SetErrorRateModel("ns3::NistErrorRateModel");
    phy.SetChannel(channel.Create());
    WifiHelper wifi;
    wifi.SetStandard(WIFI_STANDARD_80211a);
    wifi.SetRemoteStationManager("ns3::ConstantRateWifiManager",
                                 "DataMode", StringValue(mode),
                                 "ControlMode", StringValue("OfdmRate6Mbps"));
    WifiMacHelper mac;
    mac.SetType("ns3::AdhocWifiMac");
    NetDeviceContainer devices = wifi.Install(phy, mac, nodes);
    wifi.AssignStreams(devices, 0);

    MobilityHelper mobility;
    Ptr<ListPositionAllocator> allocator = CreateObject<ListPositionAllocator>();
    for (const auto& place : places)
        allocator->Add(place);
    mobility.SetPositionAllocator(allocator);
    mobility.SetMobilityModel("ns3::ConstantPositionMobilityModel");
    mobility.Install(nodes);

    PacketSocketHelper sockets;
    sockets.Install(nodes);
    receivedBytes.assign(places.size(), 0);
    Ptr<UniformRandomVariable> start = CreateObject<UniformRandomVariable>();
    for (uint32_t i = 0; i < places.size(); i++)
    {
        Source(nodes.Get(i), devices.Get(i), nodes.Get(to[i]), devices.Get(to[i]), {i, bytes, 0, intervalUs, start->GetValue(0, 0.1)});
    }
    Measure(seconds);
}

void Pair(bool rts, uint32_t mpdus, uint32_t bytes, double seconds)
{
    Config::SetDefault("ns3::WifiRemoteStationManager::RtsCtsThreshold", StringValue(rts ? "0" : "999999"));
    Config::SetDefault("ns3::RangePropagationLossModel::MaxRange", DoubleValue(5));
    NodeContainer stations;
    stations.Create(2);
    NodeContainer accessPoint;
    accessPoint.Create(1);
    YansWifiChannelHelper channel = YansWifiChannelHelper::Default();
    channel.AddPropagationLoss("ns3::RangePropagationLossModel");
    YansWifiPhyHelper phy;
    phy.SetErrorRateModel("ns3::NistErrorRateModel");
    phy.SetChannel(channel.Create());
    phy.Set("ChannelSettings", StringValue("{36, 0, BAND_5GHZ, 0}"));
    WifiHelper wifi;
    wifi.SetStandard(WIFI_STANDARD_80211n);
    wifi.SetRemoteStationManager("ns3::ConstantRateWifiManager",
                                 "DataMode", StringValue("HtMcs7"),
                                 "ControlMode", StringValue("HtMcs0"));
    WifiMacHelper mac;
    mac.SetType("ns3::AdhocWifiMac");
    NetDeviceContainer stationDevices = wifi.Install(phy, mac, stations);
    NetDeviceContainer accessPointDevice = wifi.Install(phy, mac, accessPoint);
    Config::Set("/NodeList/*/DeviceList/*/$ns3::WifiNetDevice/Mac/BE_MaxAmpduSize",
                UintegerValue(mpdus * (bytes + 172)));

    MobilityHelper mobility;
    Ptr<ListPositionAllocator> allocator = CreateObject<ListPositionAllocator>();
    allocator->Add(Vector(5, 0, 0));
    allocator->Add(Vector(0, 0, 0));
    allocator->Add(Vector(10, 0, 0));
    mobility.SetPositionAllocator(allocator);
    mobility.SetMobilityModel("ns3::ConstantPositionMobilityModel");
    mobility.Install(accessPoint);
    mobility.Install(stations);

    PacketSocketHelper sockets;
    sockets.Install(accessPoint);
    sockets.Install(stations);
    receivedBytes.assign(2, 0);
    for (uint32_t i = 0; i < 2; i++)
    {
        // A few packets first: the agreement on block acknowledgements is made while the air is free.
        for (const auto& [packets, startSeconds] : {std::pair{20, 0.5 + 0.1 * i}, std::pair{0, 1.0}})
            Source(stations.Get(i), stationDevices.Get(i), accessPoint.Get(0), accessPointDevice.Get(0),
                   {i, bytes, packets, 100, startSeconds});
    }
    Measure(seconds);
}

} // namespace

int main(int argc, char* argv[])
{
    const std::string scenario = argc > 1 ? argv[1] : "";
    uint32_t stations = 10;
    uint32_t side = 5;
    uint32_t bytes = 1500;
    uint32_t mpdus = 32;
    uint32_t run = 1;
    uint32_t retries = 7;
    bool rts = false;
    double seconds = 10;
    double intervalUs = 2000;
    double rssDbm = 0;
    std::string mode = "OfdmRate54Mbps";
    CommandLine command(__FILE__);
    command.AddValue("stations", "stations that hear each other", stations);
    command.AddValue("side", "nodes along a side of the grid", side);
    command.AddValue("bytes", "bytes of a packet", bytes);
    command.AddValue("mpdus", "MPDUs in an aggregate", mpdus);
    command.AddValue("run", "number of the run: other random numbers", run);
    command.AddValue("retries", "attempts at a frame", retries);
    command.AddValue("rts", "announce frames", rts);
    command.AddValue("seconds", "virtual seconds that are measured", seconds);
    command.AddValue("interval", "microseconds between packets of a source", intervalUs);
    command.AddValue("warmup", "virtual seconds before", warmUpSeconds);
    command.AddValue("rss", "dBm that arrives everywhere; 0: so loud that only the protocol matters", rssDbm);
    command.AddValue("mode", "rate of the data", mode);
    command.Parse(argc - 1, argv + 1);
    RngSeedManager::SetSeed(10);
    RngSeedManager::SetRun(run);

    if (scenario == "saturated")
    {
        std::vector<Vector> places(stations, Vector(0, 0, 0));
        std::vector<uint32_t> to;
        for (uint32_t i = 0; i < stations; i++)
        {
            places[i].x = 0.001 * i;
            to.push_back((i + 1) % stations);
        }
        AdHoc(places, to, 5, mode, bytes, retries, intervalUs, seconds, rssDbm);
        return 0;
    }
    if (scenario == "grid")
    {
        std::vector<Vector> places;
        std::vector<uint32_t> to;
        for (uint32_t i = 0; i < side * side; i++)
        {
            places.emplace_back(i % side, i / side, 0);
            to.push_back(i % side + 1 < side ? i + 1 : i - 1);
        }
        AdHoc(places, to, 1.2, mode, bytes, retries, intervalUs, seconds);
        return 0;
    }
    if (scenario == "pair")
    {
        Pair(rts, mpdus, bytes, seconds);
        return 0;
    }
    std::cerr << "peer saturated | grid | pair [--name=value]" << std::endl;
    return 1;
}
